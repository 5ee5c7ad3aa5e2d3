using Kling.Sandbox;

namespace Kling.Core.Tests.EndToEnd;

/// <summary>The same as <see cref="FaultMatrixTests"/> where a repeated id is charged. A class of its own, so that both run at once.</summary>
public class FaultMatrixChargeTests
{
    public static TheoryData<SandboxFaultKind, SandboxFaultTarget> Cases => FaultMatrix.Cases(RepeatedIdMode.Charge);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Fault_CostsNothingTwice_AndLosesNothing(SandboxFaultKind kind, SandboxFaultTarget target) => FaultMatrixTests.AssertHoldsAsync(kind, target, RepeatedIdMode.Charge);
}
