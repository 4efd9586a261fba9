import type { Solid } from '@kiosk/kit/solid'
import type { components } from './api.gen'

// Names of the server's own types (接口类型), printed from Go: a renamed field is a compile error here. What Go holds by pointer
// may be null, which its document cannot say.
type S = components['schemas']

export type Row = Solid<S['AuditRow']>
export type Rows = Solid<S['AuditRows']>
export type Action = Solid<S['AuditActionRow']>
export type Checkpoint = Solid<S['AuditSeal']>
export type Verification = Solid<S['AuditVerification']>
export type Statistics = Solid<S['AuditStatistics']>
export type Alert = Solid<S['AuditAlert']>
export type RecordDetail = Omit<Solid<S['AuditRecord']>, 'checkpoint'> & { checkpoint: Checkpoint | null }
export type Job = Omit<Solid<S['AuditRun']>, 'result'> & { result: Verification | null }
export type Chain = Omit<Solid<S['AuditChain']>, 'last' | 'running'> & { last: Verification | null; running: Job | null }
