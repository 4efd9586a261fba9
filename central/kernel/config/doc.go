// Package config reads the settings of a program (配置): one typed struct per
// binary, filled from its defaults, then a YAML file, then the environment,
// then flags. A key that does not exist is an error that names it, because a
// misspelt setting that is silently ignored is found in production.
package config
