import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Letters = Solid<S['MessagesLetters']>
export type Letter = Solid<S['MessagesLetter']>
export type Texts = Solid<S['MessagesTexts']>
export type Text = Solid<S['MessagesText']>
export type SceneRow = Solid<S['MessagesSceneRow']>
