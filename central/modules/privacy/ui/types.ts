import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here.
type S = components['schemas']

export type ClassRow = Solid<S['PrivacyClassRow']>
export type Register = Solid<S['PrivacyRegister']>
export type RequestRow = Solid<S['PrivacyRequestRow']>
export type Requests = Solid<S['PrivacyRequests']>
export type RequestDetail = Solid<S['PrivacyRequest']>
export type Rule = Solid<S['PrivacyRuleRow']>
export type Run = Solid<S['PrivacyRunRow']>
export type Hold = Solid<S['PrivacyHoldRow']>
export type Retention = Solid<S['PrivacyRetention']>
export type KeyRow = Solid<S['PrivacyKeyRow']>
export type Keys = Solid<S['PrivacyKeys']>
