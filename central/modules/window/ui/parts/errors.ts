import type { InjectionKey } from 'vue'

/** What is wrong at a field (字段错误), said when it is left or when the key was pressed. */
export interface FieldErrors {
  of: (path: string) => string | undefined
  left: (path: string) => void
}

export const fieldErrors: InjectionKey<FieldErrors> = Symbol('field errors')
