// Transformations, units, colours and overrides of a panel, put into its frames by Grafana's own code.
import {
  applyFieldOverrides, FieldConfigOptionsRegistry, identityOverrideProcessor, locationUtil, standardTransformers, standardTransformersRegistry, transformDataFrame,
} from '@grafana/data';
import { firstValueFrom } from 'rxjs';

const kStandard = ['unit', 'min', 'max', 'decimals', 'displayName', 'noValue', 'color', 'thresholds', 'mappings', 'links', 'filterable'];
const kCustom = {
  timeseries: {
    drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none', barAlignment: 0, barWidthFactor: 0.6, spanNulls: false,
    showPoints: 'auto', pointSize: 5, stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto', axisLabel: '', axisColorMode: 'text', axisBorderShow: false,
    scaleDistribution: { type: 'linear' }, axisCenteredZero: false, hideFrom: { tooltip: false, viz: false, legend: false }, thresholdsStyle: { mode: 'off' },
  },
  table: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false, minWidth: 150, filterable: false, width: undefined, hideFrom: {} },
};
const property = (id, more) => ({ id, path: id, name: id, process: identityOverrideProcessor, shouldApply: () => true, ...more });
const registryOf = (type) => new FieldConfigOptionsRegistry(() => [
  ...kStandard.map((id) => property(id)),
  ...Object.keys(kCustom[type] ?? {}).map((name) => property(`custom.${name}`, { path: name, isCustom: true })),
]);

const known = new Map(Object.values(standardTransformers).map((one) => [one.id, one])); // some have two names
standardTransformersRegistry.setInit(() => [...known].map(([id, one]) => ({ id, name: id, transformation: () => Promise.resolve(one), editor: () => null })));
locationUtil.initialize({ config: { appSubUrl: '' }, getVariablesUrlParams: () => ({}), getTimeRangeForUrl: () => ({}) });

export const unchanged = (text) => text;

/** JSON has no -Infinity for the step that begins below everything. */
const bounded = (config) => JSON.parse(JSON.stringify(config), (key, value) => (key === 'steps' ? value.map(fromBelow) : value));
const fromBelow = (step) => ({ ...step, value: step.value ?? -Infinity });

/** The frames as the panel draws them. */
export async function prepared({ type, fieldConfig, transformations = [] }, frames, theme) {
  const changed = await firstValueFrom(transformDataFrame(transformations, frames, { interpolate: unchanged }));
  const { defaults, overrides } = bounded(fieldConfig);
  return applyFieldOverrides({
    data: changed,
    fieldConfig: { defaults: { ...defaults, custom: { ...kCustom[type], ...defaults.custom } }, overrides },
    fieldConfigRegistry: registryOf(type),
    replaceVariables: unchanged,
    theme,
    timeZone: 'browser',
  });
}
