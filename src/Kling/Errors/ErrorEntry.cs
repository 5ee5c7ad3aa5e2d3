using System.Management.Automation;

namespace Kling.Errors;

/// <summary>One error of the catalog, as code, about_Kling_Errors and the tests know it.</summary>
/// <param name="Section">The heading that about_Kling_Errors puts it under.</param>
/// <param name="Id">The stable id.</param>
/// <param name="Category">PowerShell's category.</param>
/// <param name="Retry">What doing the same again means.</param>
/// <param name="Billing">What is known about the money: a billing state, or where it is to be read.</param>
/// <param name="Recommendation">What to do, ready to paste; <c>{id}</c> stands for the task's id.</param>
/// <param name="Meaning">What happened, in whole sentences.</param>
internal sealed record ErrorEntry(
    string Section, string Id, ErrorCategory Category, ErrorRetry Retry, string Billing, string Recommendation, string Meaning)
{
    // What concerns no task (a test, the account, an upload, a video alone) costs nothing and can simply be done again.
    private const string WithoutTask = "Get-KlingTask -Last 20 # nothing was bought for this; run the command again later";

    /// <summary>The recommendation for the task an error is about; null where it is about none.</summary>
    internal string RecommendationFor(Guid? task) => task is Guid id
        ? Recommendation.Replace("{id}", id.ToString("D"))
        : Recommendation.Contains("{id}") ? WithoutTask : Recommendation;
}
