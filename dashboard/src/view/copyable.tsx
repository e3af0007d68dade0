import { createSignal } from 'solid-js'

/** A text to copy. Where the browser gives no clipboard (plain http from elsewhere), it is selected instead. */
export function Copyable(props: { readonly title: string; readonly text: string }) {
  const [done, setDone] = createSignal<'copied' | 'selected'>()
  let code: HTMLElement | undefined

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text)
      setDone('copied')
    } catch {
      if (code !== undefined) getSelection()?.selectAllChildren(code)
      setDone('selected')
    }
  }
  const label = () => {
    if (done() === undefined) return 'Copy'
    return done() === 'copied' ? 'Copied' : 'Selected: press Ctrl+C'
  }
  return (
    <figure class="copyable">
      <figcaption>{props.title}</figcaption>
      <pre>
        <code
          ref={(element) => {
            code = element
          }}
        >
          {props.text}
        </code>
      </pre>
      <button type="button" aria-label={`Copy: ${props.title}`} onClick={copy}>
        <span role="status">{label()}</span>
      </button>
    </figure>
  )
}
