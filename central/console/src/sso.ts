import '@kiosk/kit/tokens.css'
import '@kiosk/kit/console.css'
import { createApp } from 'vue'
import SignOnPage from './SignOnPage.vue'

createApp(SignOnPage).mount('#app')
