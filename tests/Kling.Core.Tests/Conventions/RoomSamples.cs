// Types that break the rules of the rooms, each in its own way; RoomTests looks whether the rules find them.
namespace Kling.Models.RoomSamples
{
    internal static class InAField
    {
        internal static Client.Credential? Key { get; set; }
    }

    internal static class InAMethod
    {
        internal static string Key() => new Client.Credential("k").ToString()!;
    }

    internal static class InALambda
    {
        internal static Func<object> Make() => () => new Client.Credential("k");
    }

    internal static class InAnAsyncMethod
    {
        internal static async Task<string> KeyAsync()
        {
            await Task.Yield();
            return new Client.Credential("k").ToString()!;
        }
    }

    internal static class WithNetwork
    {
        internal static object Make() => new HttpClient();
    }

    /// <summary>Breaks none.</summary>
    internal static class Right
    {
        internal static Support.IClock? Clock { get; set; }
    }
}

namespace Kling.Nowhere
{
    internal static class Homeless;
}
