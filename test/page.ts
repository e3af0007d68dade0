import { chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

/** What a test with a browser needs; for `needs`. */
export const CHROMIUM = ['chromium', '/usr/bin/chromium'] as const

/** Flags without which Chromium looks for servers of its maker. */
const QUIET =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

/** A page of a real browser, closed at the end of the test. */
export async function openPage(url: string): Promise<Page> {
  const browser = await chromium.launch({ executablePath: CHROMIUM[1], args: QUIET.split(' ') })
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  // Ends before the test does, so that a failure tells what was waited for.
  page.setDefaultTimeout(20_000)
  await page.goto(url)
  return page
}
