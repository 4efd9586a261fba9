import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'
import type { components as signOn } from './signon.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type Service = Solid<S['ServicesRow']>
export type Services = Solid<S['ServicesList']>
export type Exchange = Solid<S['ServicesExchangeRow']>
export type Detail = Solid<S['ServicesDetail']>
export type Consumer = Solid<S['ServicesConsumerRow']>
export type Operation = Solid<S['ServicesOperation']>
export type Day = Solid<S['ServicesDay']>
export type System = Solid<signOn['schemas']['SsoClient']>
export type PlatformList = Solid<S['ServicesPlatformList']>
