namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks a method as a function. Stands in for the attribute of the isolated worker.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
