import './style/colours.css'
import './style/base.css'
import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { browserClock } from './clock.ts'
import { watchHub } from './live.ts'
import { connectBeside } from './socket.ts'
import { createTheme } from './theme.ts'

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

render(() => <App live={live} theme={theme} clock={browserClock} />, page)
