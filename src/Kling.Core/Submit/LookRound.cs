using Kling.Wire;

namespace Kling.Submit;

/// <summary>What a round of looks found out.</summary>
/// <param name="Proof">Whether the service provably has the task.</param>
/// <param name="Answered">Whether the last look, after the settle time, got an answer to both questions; without one nothing may be sent again.</param>
/// <param name="Last">The last reply.</param>
internal sealed record LookRound(bool Proof, bool Answered, ApiReply? Last);
