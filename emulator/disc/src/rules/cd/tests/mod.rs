//! Tests of the rules of CDs.
