// The only type for the compiler: netstandard2.0 lacks this type, which init-only properties and records need.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit
{
}
