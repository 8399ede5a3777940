/** What every view stands in: looks, data, addresses. */
import { Center, Loader, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { createBrowserRouter, Navigate, RouterProvider } from 'react-router';
import { queries } from '../api/queries.ts';
import { FlagPage } from '../pages/flag-page.tsx';
import { FlagsPage } from '../pages/flags-page.tsx';
import { HistoryPage } from '../pages/history-page.tsx';
import { LoginPage } from '../pages/login-page.tsx';
import { OverviewPage } from '../pages/overview-page.tsx';
import { RollbacksPage } from '../pages/rollbacks-page.tsx';
import { RolloutPage } from '../pages/rollout-page.tsx';
import { RolloutsPage } from '../pages/rollouts-page.tsx';
import { SetupPage } from '../pages/setup-page.tsx';
import { Nothing } from '../parts/nothing.tsx';
import { addressIn } from './place.ts';
import { Shell } from './shell.tsx';
import { theme } from './theme.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: 1 } } });

const router = createBrowserRouter([
  { path: '/login', element: <LoginPage /> },
  { path: '/setup', element: <SetupPage /> },
  { path: '/', element: <FirstPlace /> },
  {
    path: '/p/:project/:environment',
    element: <Shell />,
    children: [
      { index: true, element: <OverviewPage /> },
      { path: 'flags', element: <FlagsPage /> },
      { path: 'flags/:key', element: <FlagPage /> },
      { path: 'rollouts', element: <RolloutsPage /> },
      { path: 'rollouts/:flag', element: <RolloutPage /> },
      { path: 'rollbacks', element: <RollbacksPage /> },
      { path: 'history', element: <HistoryPage /> },
      { path: '*', element: <Nothing title="There is no such page" hint="The address may be of another version." /> },
    ],
  },
  { path: '*', element: <Navigate to="/" replace /> },
]);

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The production of the first project that the person may see. */
function FirstPlace() {
  const me = useQuery(queries.me());
  const projects = useQuery({ ...queries.projects(), enabled: me.isSuccess });
  if (me.isError) return <Navigate to="/login" replace />;
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
