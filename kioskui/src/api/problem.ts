import type { FieldError, Problem } from '../gen/screen'

/** What went wrong, already in words for the person (出错说明). */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  readonly fields: FieldError[]
  readonly status: number

  constructor(problem: Problem, status: number) {
    super(problem.message)
    this.code = problem.code
    this.fields = problem.fields ?? []
    this.status = status
  }
}

/** The agent did not answer: its program restarts, which takes seconds. */
export function lost(): Refusal {
  return new Refusal({ code: 'screen.lost', message: '屏幕和主机断开了，正在重新连接，请稍等' }, 0)
}

export function asRefusal(cause: unknown): Refusal {
  return cause instanceof Refusal ? cause : lost()
}
