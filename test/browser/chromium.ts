// Chromium as a reader has it, that asks nothing of anybody but the server that it is shown.
import { type BrowserServer, chromium } from 'playwright-core'

/** Several processes may connect to it. */
export const launchChromium = (): Promise<BrowserServer> =>
  chromium.launchServer({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Whatever else a page asks for is not found, and not asked for either.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  })
