/** What every view stands in: looks, data, addresses. */
import { Center, Loader, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { hashKey, QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { lazy, Suspense } from 'react';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { isRefused, queries } from '../api/queries.ts';
import { LoginPage } from '../pages/login-page.tsx';
import { OverviewPage } from '../pages/overview-page.tsx';
import { Asked } from '../parts/asked.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { addressIn } from './place.ts';
import { Shell } from './shell.tsx';
import { theme, variables } from './theme.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// What keeps the page from scrolling under a dialog writes a style of its own.
setNonce(nonce);
const ME = queries.me().queryKey;
const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whoever is refused is asked who they are, and sent to log in if they are nobody any more.
    onError: (error, { queryHash }) => {
      if (isRefused(error) && queryHash !== hashKey(ME)) void queryClient.invalidateQueries({ queryKey: ME });
    },
  }),
  defaultOptions: {
    // A browser that says it has no network may still reach the server, and a kill that waits for it in silence is worse than one that fails.
    queries: { staleTime: 30_000, retry: 1, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});

// What is not looked at first is not waited for.
const AccountPage = lazy(async () => ({ default: (await import('../pages/account-page.tsx')).AccountPage }));
const AdminPage = lazy(async () => ({ default: (await import('../pages/admin-page.tsx')).AdminPage }));
const FlagPage = lazy(async () => ({ default: (await import('../pages/flag-page.tsx')).FlagPage }));
const FlagEditPage = lazy(async () => ({ default: (await import('../pages/flag-edit-page.tsx')).FlagEditPage }));
const FlagsPage = lazy(async () => ({ default: (await import('../pages/flags-page.tsx')).FlagsPage }));
const HelpPage = lazy(async () => ({ default: (await import('../pages/help-page.tsx')).HelpPage }));
const HistoryPage = lazy(async () => ({ default: (await import('../pages/history-page.tsx')).HistoryPage }));
const RollbacksPage = lazy(async () => ({ default: (await import('../pages/rollbacks-page.tsx')).RollbacksPage }));
const RolloutPage = lazy(async () => ({ default: (await import('../pages/rollout-page.tsx')).RolloutPage }));
const RolloutsPage = lazy(async () => ({ default: (await import('../pages/rollouts-page.tsx')).RolloutsPage }));
const SegmentPage = lazy(async () => ({ default: (await import('../pages/segment-page.tsx')).SegmentPage }));
const SegmentsPage = lazy(async () => ({ default: (await import('../pages/segments-page.tsx')).SegmentsPage }));
const SetupPage = lazy(async () => ({ default: (await import('../pages/setup-page.tsx')).SetupPage }));
const StartPage = lazy(async () => ({ default: (await import('../pages/start-page.tsx')).StartPage }));
const TestPage = lazy(async () => ({ default: (await import('../pages/test-page.tsx')).TestPage }));
const TestsPage = lazy(async () => ({ default: (await import('../pages/tests-page.tsx')).TestsPage }));

function Views() {
  return (
    <Routes>
      <Route path="/login" element={<LoginPage />} />
      <Route path="/setup" element={<SetupPage />} />
      <Route path="/" element={<FirstPlace />} />
      <Route path="/p/:project/:environment" element={<Shell />}>
        <Route index element={<OverviewPage />} />
        <Route path="flags" element={<FlagsPage />} />
        <Route path="flags/:key" element={<FlagPage />} />
        <Route path="flags/:key/edit" element={<FlagEditPage />} />
        <Route path="segments" element={<SegmentsPage />} />
        <Route path="segments/:key" element={<SegmentPage />} />
        <Route path="rollouts" element={<RolloutsPage />} />
        <Route path="rollouts/:flag" element={<RolloutPage />} />
        <Route path="tests" element={<TestsPage />} />
        <Route path="tests/:test" element={<TestPage />} />
        <Route path="rollbacks" element={<RollbacksPage />} />
        <Route path="rollbacks/:id" element={<RollbacksPage />} />
        <Route path="history" element={<HistoryPage />} />
        <Route path="admin" element={<AdminPage />} />
        <Route path="admin/:part" element={<AdminPage />} />
        <Route path="start" element={<StartPage />} />
        <Route path="start/:flag" element={<StartPage />} />
        <Route path="help/*" element={<HelpPage />} />
        <Route path="account" element={<AccountPage />} />
        <Route path="*" element={<Nothing title="There is no such page" hint="The address may be of another version." />} />
      </Route>
      <Route path="*" element={<Navigate to="/" replace />} />
    </Routes>
  );
}

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <BrowserRouter>
          <Suspense>
            <Views />
          </Suspense>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The production of the first project that the person may see. */
function FirstPlace() {
  const me = useQuery(queries.me());
  const projects = useQuery({ ...queries.projects(), enabled: me.isSuccess });
  if (isRefused(me.error)) return <Navigate to="/login" replace />;
  if (me.isError) return <Asked query={me}>{() => null}</Asked>;
  if (projects.data === undefined)
    return (
      <Center h="100vh">
        <Loader />
      </Center>
    );
  const [project] = projects.data;
  if (project === undefined)
    return <Nothing title="You may see no project yet" hint="An administrator has to give you a role in one." />;
  const environment = project.environments.find(({ key }) => key === 'production') ?? project.environments[0];
  return <Navigate to={addressIn({ project: project.key, environment: environment?.key ?? 'production' })} replace />;
}
