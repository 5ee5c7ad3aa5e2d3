using Kling.Models;
using Kling.Requests;

namespace Kling.Core.Tests.Requests;

internal static class Sample
{
    internal static readonly Guid Id = Guid.Parse("3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d");

    internal static VideoRequest Request { get; } = new()
    {
        TaskId = Id,
        Image = new RequestImage(ImageKind.Url, "https://images.test/harbor.jpg"),
        IncludeCost = false,
    };
}
