// Checks the boards against the types of @grafana/schema: each panel by its own type, strictly, so that an option that
// Grafana does not know is a mistake, not silence.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { load, packages } from '../modules.mjs';
import { flat } from './boards.mjs';

const ts = load('typescript');

// type of a panel: [its folder in the package, whether it has field options of its own]
const kPanels = {
  timeseries: ['timeseries', true], stat: ['stat', false], gauge: ['gauge', false], bargauge: ['bargauge', false], table: ['table', true],
  heatmap: ['heatmap', true], 'state-timeline': ['statetimeline', true], piechart: ['piechart', true], text: ['text', false],
  dashlist: ['dashboardlist', false],
};

const options = (folder) => `import('@panels/${folder}/panelcfg/x/types.gen').Options`;
const fields = ([folder, own]) => (own ? `import('@panels/${folder}/panelcfg/x/types.gen').FieldConfig` : 'Record<string, never>');

// The package has enums where JSON has strings, and leaves out what the data source owns.
const kTypes = `import type * as raw from '@raw/dashboard/x/types.gen';
type Plain<T> = T extends string ? \`\${T}\` : T extends (infer U)[] ? Plain<U>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
type Loose<T> = T extends string ? \`\${T}\` : T extends (infer U)[] ? Loose<U>[] : T extends object ? { [K in keyof T]?: Loose<T[K]> } : T;
type Link = { title: string; url: string; targetBlank?: boolean };
type Source = { type: 'prometheus'; uid: string };
type Target = { refId: string; datasource: Source; expr: string; legendFormat: string; editorMode: 'code'; instant: boolean; range: boolean;
  exemplar?: boolean; format?: 'time_series' | 'table' | 'heatmap'; interval?: string };
type Fields<C> = { defaults: Omit<Plain<raw.FieldConfig>, 'custom' | 'links'> & { custom?: Loose<C>; links: Link[] };
  overrides: { matcher: { id: string; options: string }; properties: { id: string; value: unknown }[] }[] };
type Base = Omit<Plain<raw.Panel>, 'type' | 'options' | 'fieldConfig' | 'targets' | 'datasource' | 'links'> &
  { id: number; title: string; description: string; gridPos: { h: number; w: number; x: number; y: number } };
type Asking<T, O, C> = Base & { type: T; datasource: Source; targets: Target[]; options: Loose<O>; fieldConfig: Fields<C> };
type Still<T, O> = Base & { type: T; options: Loose<O> };
export type Panels = {
${Object.entries(kPanels).map(([type, of]) => (type === 'text' || type === 'dashlist'
    ? `  '${type}': Still<'${type}', ${options(of[0])}>;`
    : `  '${type}': Asking<'${type}', ${options(of[0])}, ${fields(of)}>;`)).join('\n')}
  row: { id: number; type: 'row'; title: string; collapsed: boolean; gridPos: raw.GridPos; panels: unknown[] };
};
type Variable = Omit<Plain<raw.VariableModel>, 'datasource'> & { datasource?: Source; definition?: string };
type Annotation = Omit<Plain<raw.AnnotationQuery>, 'datasource' | 'target'> & { datasource: { type: string; uid: string };
  expr?: string; step?: string; titleFormat?: string; textFormat?: string; tagKeys?: string };
export type Board = Omit<Plain<raw.Dashboard>, 'panels' | 'templating' | 'annotations' | 'links' | 'snapshot'> & { uid: string; title: string;
  description: string; weekStart: string; panels: never[]; templating: { list: Variable[] }; annotations: { list: Annotation[] };
  links: Plain<raw.DashboardLink>[] };
`;

function source(board) {
  const lines = [`import type { Board, Panels } from './types';`];
  const name = (text) => String(text).replaceAll('*/', '');
  for (const panel of flat(board.panels)) {
    const known = panel.type === 'row' || panel.type in kPanels;
    lines.push(`/*${panel.id} ${name(panel.title)}*/ export const p${panel.id}: ${known ? `Panels['${panel.type}']` : 'never'} = ${JSON.stringify(panel)};`);
  }
  lines.push(`/*board*/ export const board: Board = ${JSON.stringify({ ...board, panels: [] })};`);
  return lines.join('\n');
}

const where = (file, at) => [...file.text.slice(0, at).matchAll(/\/\*([^*]*)\*\/ export/g)].pop()?.[1] ?? '';

/** The mistakes as text. */
export function checkTypes(boards) {
  const folder = mkdtempSync(join(tmpdir(), 'picket-boards-'));
  try {
    const schema = join(packages(), '@grafana/schema/dist/types');
    writeFileSync(join(folder, 'types.ts'), kTypes);
    const files = boards.map((board) => {
      const path = join(folder, `${board.uid}.ts`);
      writeFileSync(path, source(board));
      return path;
    });
    const program = ts.createProgram(files, {
      strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, types: [], baseUrl: folder,
      module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
      paths: { '@grafana/schema': [join(schema, 'index')], '@raw/*': [`${schema}/raw/*`], '@panels/*': [`${schema}/raw/composable/*`] },
    });
    return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 300);
      return file ? `${basename(file.fileName, '.ts')} | ${where(file, start)} | ${message}` : message;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
