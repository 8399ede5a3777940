/** A page whose button and headline are flags, that shows another value as soon as somebody sets one, and that tells of orders. */
import { OpenFeature, OpenFeatureProvider, useBooleanFlagValue, useStringFlagDetails, useTrack } from '@openfeature/react-sdk';
import { SluiceWebProvider, type WebFlag } from '@sluice/openfeature/web';
import { createRoot } from 'react-dom/client';

interface PageSettings {
  readonly url: string;
  readonly token: string;
  readonly user: string;
  readonly bootstrap: { readonly flags: readonly WebFlag[] };
  readonly pollMs?: number;
}

function Checkout(): React.JSX.Element {
  const isNew = useBooleanFlagValue('new_checkout', false);
  const theme = useStringFlagDetails('theme', 'light');
  const { track } = useTrack();
  return (
    <main data-theme={theme.value}>
      <h1>{isNew ? 'The new checkout' : 'The old checkout'}</h1>
      <p>
        The theme is {theme.value}, because of {theme.reason ?? 'nothing'}.
      </p>
      <button type="button" onClick={() => track('orders')}>
        Buy
      </button>
    </main>
  );
}

const settings = JSON.parse(document.getElementById('settings')?.textContent ?? '') as PageSettings;
await OpenFeature.setContext({ targetingKey: settings.user });
await OpenFeature.setProviderAndWait(new SluiceWebProvider(settings));
createRoot(document.getElementById('page') as HTMLElement).render(
  <OpenFeatureProvider>
    <Checkout />
  </OpenFeatureProvider>,
);
