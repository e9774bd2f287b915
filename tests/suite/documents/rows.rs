//! Holds the documents against the rows that describe them: each test names its row, and reads its figures from there and
//! from the compiled files with another reader than ours.
