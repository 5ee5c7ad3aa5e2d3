using Kling.Schemas;

namespace Kling.Core.Tests.Schemas;

/// <summary>What a fault tells: its place, the node, what was found there, and the conditions under which it counts.</summary>
public class SchemaExplainTests
{
    [Fact]
    public void Paths_NameMembersAndItems()
    {
        SchemaNode node = SchemaNode.Parse("""
            {"properties":{"inputs":{"properties":{"frames":{"items":{"properties":{"frame":{"title":"Frame","const":"first"}},"required":["image"]}}}}}}
            """);
        SchemaFault[] faults = [.. node.Explain(PublishedSchemas.Value("""{"inputs":{"frames":[{"image":"a"},{"frame":"last"}]}}"""))];
        Assert.Equal(["inputs.frames[1].image", "inputs.frames[1].frame"], faults.Select(fault => fault.Path));
        Assert.Null(faults[0].Value);
        Assert.Equal("last", faults[1].Value);
        Assert.Equal("Frame", faults[1].Node.Title);
        Assert.Equal("/properties/inputs/properties/frames/items/properties/frame", faults[1].Node.Pointer);
        Assert.Equal("inputs.frames[1].frame: const (/properties/inputs/properties/frames/items/properties/frame)", faults[1].ToString());
    }

    [Fact]
    public void Dependents_NameWhatDemandsThem()
    {
        SchemaNode node = SchemaNode.Parse("""{"dependentRequired":{"width":["height","depth"]}}""");
        Assert.Equal([("height", "width"), ("depth", "width")], node.Explain(PublishedSchemas.Value("""{"width":1}""")).Select(fault => (fault.Path, fault.RequiredBy!)));
    }

    [Fact]
    public void Conditions_AreToldFromTheInside()
    {
        SchemaNode node = SchemaNode.Parse("""
            {"properties":{"size":{
              "if":{"title":"outer","required":["a"]},
              "then":{"if":{"title":"inner","required":["b"]},"else":{"required":["c"]}}}}}
            """);
        SchemaFault fault = Assert.Single(node.Explain(PublishedSchemas.Value("""{"size":{"a":1}}""")));
        Assert.Equal(("size.c", "required"), (fault.Path, fault.Keyword));
        SchemaBranch inner = fault.Branch!;
        Assert.Equal(("inner", false, "size"), (inner.Owner.If!.Title, inner.Held, inner.Path));
        Assert.Equal(("outer", true, "size"), (inner.Outer!.Owner.If!.Title, inner.Outer.Held, inner.Outer.Path));
        Assert.Null(inner.Outer.Outer);
        Assert.IsAssignableFrom<IReadOnlyDictionary<string, object?>>(inner.Value);
        Assert.Equal("/properties/size/then/else", inner.ToString());
    }

    [Fact]
    public void AConditionReachesDown_AndNotBeside()
    {
        SchemaNode node = SchemaNode.Parse("""{"allOf":[{"if":{"required":["a"]},"then":{"properties":{"a":{"const":1}}}},{"required":["b"]}]}""");
        SchemaFault[] faults = [.. node.Explain(PublishedSchemas.Value("""{"a":2}"""))];
        Assert.Equal(["a", "b"], faults.Select(fault => fault.Path));
        Assert.True(faults[0].Branch!.Held);
        Assert.Null(faults[1].Branch);
    }

    [Theory]
    [InlineData("anyOf")]
    [InlineData("oneOf")]
    public void Alternatives_CanBeExplainedByTheCaller(string keyword)
    {
        SchemaNode node = SchemaNode.Parse("""{"items":{"KEYWORD":[{"type":"string"},{"required":["image"]}]}}""".Replace("KEYWORD", keyword));
        SchemaFault fault = Assert.Single(node.Explain(PublishedSchemas.Value("[{}]")));
        Assert.Equal(("[0]", keyword), (fault.Path, fault.Keyword));
        IEnumerable<SchemaNode> alternatives = keyword == "anyOf" ? fault.Node.AnyOf : fault.Node.OneOf;
        Assert.Equal(["type", "required"], alternatives.SelectMany(alternative => alternative.Explain(fault.Value)).Select(inner => inner.Keyword));
    }

    [Fact]
    public void AllFaultsOfAValue_AreTold()
    {
        SchemaNode node = SchemaNode.Parse("""
            {"type":"string","const":"x","enum":["y"],"minLength":9,"maxLength":2,"format":"uri","pattern":"^z","allOf":[{"not":{}}],"anyOf":[false],"oneOf":[true,true],"not":true,"if":true,"then":false}
            """);
        Assert.Equal(["const", "enum", "minLength", "maxLength", "format", "pattern", "not", "anyOf", "oneOf", "not", "false"], node.Explain("abc").Select(fault => fault.Keyword));
        Assert.Equal(["type", "const", "enum", "not", "anyOf", "oneOf", "not", "false"], node.Explain(5m).Select(fault => fault.Keyword));
        SchemaNode numbers = SchemaNode.Parse("""{"minimum":9,"maximum":1,"exclusiveMinimum":9,"exclusiveMaximum":1,"multipleOf":10}""");
        Assert.Equal(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"], numbers.Explain(5).Select(fault => fault.Keyword));
        SchemaNode lists = SchemaNode.Parse("""{"minItems":3,"maxItems":1,"items":{"const":1},"contains":{"const":9}}""");
        Assert.Equal(["minItems", "maxItems", "const", "contains"], lists.Explain(PublishedSchemas.Value("[1,2]")).Select(fault => fault.Keyword));
    }
}
