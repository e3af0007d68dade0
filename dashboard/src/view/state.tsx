import './state.css'
import { kindOf } from '../states.ts'
import { Glyph } from './glyph.tsx'

/** A state as glyph, colour and text; the text is the sender's own. */
export function State(props: { readonly state: string | null }) {
  const kind = () => kindOf(props.state)
  return (
    <span class="state" data-kind={kind()}>
      <Glyph kind={kind()} />
      <span class="state-text" classList={{ 'for-ears': kind() === 'none' }}>
        {props.state || 'no state'}
      </span>
    </span>
  )
}
