import { createApp } from 'vue'
import App from './App.vue'
import { listenForVoices } from './device/speech'
import { guard } from './state/guards'
import './styles/index.css'

guard()
listenForVoices()
createApp(App).mount('#app')
