/** What every environment of a server has to judge its rollouts by: the validators and metric sources of the settings. */
import type { WorkspaceOptions } from 'sluice';
import type { Outbound } from './outbound/outbound.ts';
import type { Settings } from './settings.ts';
import { parseMetricSourceSettings } from './sources/metric-source-settings.ts';
import { parseValidatorSettings, registerHttpValidators } from './validators/validator-settings.ts';

/** @throws SluiceError `invalid` naming every bad place of the first variable that has one */
export async function equipmentOf(
  { validators, metricSources }: Pick<Settings, 'validators' | 'metricSources'>,
  outbound: Outbound,
): Promise<NonNullable<WorkspaceOptions['equip']>> {
  const endpoints = validators === null ? [] : await parseValidatorSettings(validators, outbound.policy, outbound.resolve);
  const sources = metricSources === null ? [] : await parseMetricSourceSettings(metricSources, outbound);
  return ({ rollouts }, scope) => {
    registerHttpValidators(rollouts, endpoints, outbound);
    for (const { name, sourceFor } of sources) rollouts.addMetricSource(name, sourceFor(scope));
  };
}
