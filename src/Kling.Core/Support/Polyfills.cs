// The only file of compiler shims: netstandard2.0 lacks this type, which init-only properties and records need.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit
{
}
