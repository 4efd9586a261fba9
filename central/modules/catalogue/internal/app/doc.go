// Package app holds the use cases of the item catalogue (事项目录): reading and checking the seed, publishing versions, and
// answering what is in force.
package app
