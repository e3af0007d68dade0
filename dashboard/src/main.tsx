import './style/colours.css'
import './style/base.css'
import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { browserClock } from './clock.ts'
import { watchHub } from './live.ts'
import { operatorBeside } from './operate.ts'
import { connectBeside } from './socket.ts'
import { createTheme } from './theme.ts'
import { createWho } from './who.ts'

const page = document.getElementById('page')
if (page === null) throw new Error('index.html has no element with the id "page"')

const live = watchHub({ connect: connectBeside(document.baseURI), clock: browserClock, random: Math.random })
const theme = createTheme({
  storage: localStorage,
  root: document.documentElement,
  prefersDark: matchMedia('(prefers-color-scheme: dark)'),
})

addEventListener('online', live.retry)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') live.retry()
})

const operator = operatorBeside(document.baseURI, (...request) => fetch(...request))
const who = createWho(localStorage)

render(() => <App live={live} theme={theme} clock={browserClock} operator={operator} who={who} />, page)
