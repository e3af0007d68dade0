/** A promise and what settles it. (`Promise.withResolvers` is missing in Node 20.) */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: Error): void
}

/**
 * A promise that somebody else settles. Its rejection counts as handled from the start: a caller who does not look at
 * it is not ended by it, one who awaits it gets the error all the same.
 */
export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  promise.catch(() => {})
  return { promise, resolve, reject }
}
