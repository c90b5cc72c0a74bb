// The numbers that stat, bars, gauge and share show: one of each series.
import { getFieldDisplayValues } from '@grafana/data';
import { unchanged } from '../fields.mjs';

export const valuesOf = ({ panel: { options, fieldConfig }, frames }, theme, more = {}) => getFieldDisplayValues({
  data: frames, reduceOptions: options.reduceOptions, fieldConfig, replaceVariables: unchanged, theme, timeZone: 'browser', ...more,
});
