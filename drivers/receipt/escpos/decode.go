package escpos

// nameFrame names what goes to a printer by the command at its front, and an answer by its shape. It never looks at what is printed.
func nameFrame(toDevice bool, p []byte) string {
	if !toDevice {
		switch {
		case len(p) == 4 && p[0]&0x93 == 0x10:
			return "自动状态"
		case len(p) == 1 && p[0]&0x93 == 0x12:
			return "状态"
		}
		return ""
	}
	if len(p) < 2 {
		return ""
	}
	switch {
	case p[0] == dle && p[1] == 0x04:
		return "问状态"
	case p[0] == esc && p[1] == '@':
		return "初始化"
	case p[0] == gs && p[1] == 'a':
		return "打开自动状态"
	case p[0] == gs && p[1] == 'r':
		return "问纸"
	case p[0] == gs && p[1] == 'I':
		return "问型号"
	case p[0] == gs && p[1] == 'g':
		return "问计数器"
	case p[0] == gs && p[1] == 'v':
		return "打一段图"
	case p[0] == gs && p[1] == 'V':
		return "切纸"
	case p[0] == gs && p[1] == '(':
		return "扩展命令"
	}
	return ""
}
