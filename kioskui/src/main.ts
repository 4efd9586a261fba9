import { createApp } from 'vue'
import App from './App.vue'
import { guard } from './state/guards'
import './styles/index.css'

guard()
createApp(App).mount('#app')
