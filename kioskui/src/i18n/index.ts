import { computed } from 'vue'
import { session } from '../state/session'
import { en } from './en'
import { zh, type Words } from './zh'

/** The dictionary of the visit's language; goes back to Chinese when the visit ends, because the preference does. */
export const words = computed<Words>(() => (session.prefs.value.language === 'en' ? en : zh))
