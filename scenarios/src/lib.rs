//! The suite: scenarios, properties and the independent model that they check against
