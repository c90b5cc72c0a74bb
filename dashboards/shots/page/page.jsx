// The board that /data describes, in the theme that the address names.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import { createTheme, ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { Board } from './board.jsx';
import { prepared } from './fields.mjs';
import { frames } from './frames.mjs';
import './page.css';

// Icons come one by one after the page is made, and canvases are painted with the next frames.
let underWay = 0;
const fetchNow = window.fetch;
window.fetch = (...what) => {
  underWay += 1;
  return fetchNow(...what).finally(() => { underWay -= 1; });
};
const frame = () => new Promise((done) => requestAnimationFrame(done));
const pause = () => new Promise((done) => setTimeout(done, 100));
async function still() {
  for (let quiet = 0; quiet < 10; quiet = underWay ? 0 : quiet + 1) await pause();
}

const tell = (text) => fetch('/wrong', { method: 'POST', body: text });
window.addEventListener('error', ({ message }) => tell(message));
window.addEventListener('unhandledrejection', ({ reason }) => tell(String(reason)));

const theme = createTheme({ colors: { mode: new URLSearchParams(location.search).get('theme') } });
const data = await fetch('/data').then((answer) => answer.json());
const shown = await Promise.all(data.board.panels.map(async (panel) => {
  const own = data.panels[panel.id];
  return { panel, ...own, frames: own ? await prepared(panel, frames(own), theme) : [] };
}));
await Promise.all([400, 500].map((weight) => document.fonts.load(`${weight} 12px Inter`))); // axes measure their texts
createRoot(document.getElementById('root')).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <Board board={data.board} shown={shown} values={data.values} marks={data.marks} tell={tell} />
  </ThemeContext.Provider>,
);
window.drawn = still().then(frame).then(frame).then(() => true);
