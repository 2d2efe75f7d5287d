//! SEND DIAGNOSTIC.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::unit::Unit;
use discrig_wire::command::SendDiagnostic;
use discrig_wire::sense::codes;

/// The drive's own test, which an emulated drive passes. Other tests and diagnostic pages it has not.
impl Execute for SendDiagnostic {
    fn execute(&self, _: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.self_test_code != 0 {
            return Err(Check::field(SendDiagnostic::SPEC, "self_test_code").into());
        }
        let length = usize::from(self.parameter_list_length);
        match call.data_out.get(..length) {
            None => Err(codes::PARAMETER_LIST_LENGTH_ERROR.into()),
            Some([]) => Ok(Done::Good),
            Some(_) if self.self_test => {
                Err(Check::field(SendDiagnostic::SPEC, "parameter_list_length").into())
            }
            Some(_) => Err(Check::parameter(0, Some(7)).into()),
        }
    }
}
