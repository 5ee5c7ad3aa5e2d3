namespace Kling.Requests;

/// <summary>What kind of value a request field holds (model page, Type).</summary>
public enum ParameterType
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number that may have a fraction.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A list; its <see cref="ParameterSpec.Min"/> and <see cref="ParameterSpec.Max"/> count the items.</summary>
    Array,
}
