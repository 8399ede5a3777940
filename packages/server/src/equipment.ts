/** What every environment of a server has to judge its rollouts by: the validators and metric sources of the settings. */
import type { WorkspaceOptions } from 'sluice';
import type { Outbound } from './outbound/outbound.ts';
import type { Settings } from './settings.ts';
import { METRIC_SOURCES, parseMetricSourceSettings } from './sources/metric-source-settings.ts';
import { parseValidatorSettings, registerHttpValidators, VALIDATORS } from './validators/validator-settings.ts';

/** A host that has no address now is told to `onUnresolved`, and asked for again when it is called. @throws SluiceError `invalid` naming every bad place of the first variable that has one */
export async function equipmentOf(
  { validators, metricSources }: Pick<Settings, 'validators' | 'metricSources'>,
  outbound: Outbound,
  onUnresolved?: (what: string) => void,
): Promise<NonNullable<WorkspaceOptions['equip']>> {
  const endpoints =
    validators === null
      ? []
      : await parseValidatorSettings(validators, outbound.policy, outbound.resolve, toldOf(VALIDATORS, onUnresolved));
  const sources =
    metricSources === null ? [] : await parseMetricSourceSettings(metricSources, outbound, toldOf(METRIC_SOURCES, onUnresolved));
  return ({ rollouts }, scope) => {
    registerHttpValidators(rollouts, endpoints, outbound);
    for (const { name, sourceFor } of sources) rollouts.addMetricSource(name, sourceFor(scope));
  };
}

/** The name of another system must not keep this one from starting. */
function toldOf(
  variable: string,
  onUnresolved: ((what: string) => void) | undefined,
): ((name: string, host: string) => void) | undefined {
  if (onUnresolved === undefined) return undefined;
  return (name, host) =>
    onUnresolved(`${variable}: the host "${host}" of "${name}" cannot be resolved now; it is asked for again when it is called`);
}
