"""A whole class graded: examined in parallel, recorded by nbgrader, resumed where it was stopped."""
