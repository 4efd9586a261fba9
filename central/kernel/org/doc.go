// Package org is the organisation (组织机构): regions, departments, posts, halls and their desks. It says where a person, a
// terminal or a piece of work belongs; what somebody may do there is package auth's.
package org
