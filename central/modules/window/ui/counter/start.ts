import { ask } from '@kiosk/kit/api'
import type { Draft } from '../register/types'
import { counter } from './desk'
import { birthOf, sexOf } from './person'

/** Begins a registration (开始登记) for whoever is at the window, or for nobody yet; across says which other region it is received for. */
export async function begin(item: string, across = ''): Promise<string> {
  const { desk, person } = counter
  const visit = desk?.visit
  // Of a visit the centre knows the person itself; what the card said beyond the number comes from here.
  const applicant = person && {
    type: person.id_kind, name: person.name, id_number: person.id_number, sex: person.sex || sexOf(person.id_number), nation: person.nation, birth: person.birth || birthOf(person.id_number), address: person.address, way: person.way === 'card' ? 'idcard' : person.way,
  }
  const d = await ask<Draft>('/api/staff/v1/window/registrations', {
    method: 'POST',
    body: { item, ...(across ? { across } : {}), ...(visit ? { ticket: visit.ticket_no, visit: visit.id } : {}), ...(desk?.seat ? { window: desk.seat.no } : {}), ...(desk?.hall ? { hall: desk.hall.name } : {}), ...(applicant ? { applicant, ...(person?.phone ? { phone: person.phone } : {}), ...(person?.agent ? { agent: { name: person.agent.name, id_number: person.agent.id_number, phone: person.agent.phone, way: 'typed' } } : {}) } : {}) },
  })
  return d.id
}
