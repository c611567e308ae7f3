using YamlDotNet.RepresentationModel;

namespace FuncQueue.Infra.Tests.Support;

/// <summary>A place in a YAML file.</summary>
public sealed class Yaml
{
    private readonly YamlNode? node;

    private Yaml(YamlNode? node) => this.node = node;

    /// <summary>The one document of a file.</summary>
    public static Yaml Load(string file)
    {
        using var reader = File.OpenText(file);
        var stream = new YamlStream();
        stream.Load(reader);
        return new Yaml(stream.Documents.ShouldHaveSingleItem().RootNode);
    }

    public bool Exists => node is not null;

    /// <summary>The text of a scalar; null where there is none.</summary>
    public string? Text => (node as YamlScalarNode)?.Value;

    public IReadOnlyList<Yaml> Items => node is YamlSequenceNode items ? [.. items.Children.Select(item => new Yaml(item))] : [];

    public IReadOnlyDictionary<string, Yaml> Members =>
        node is YamlMappingNode members
            ? members.Children.ToDictionary(member => ((YamlScalarNode)member.Key).Value!, member => new Yaml(member.Value))
            : new Dictionary<string, Yaml>();

    /// <summary>What lies at a path of names; it may not exist.</summary>
    public Yaml this[params string[] path] => path.Aggregate(this, (at, name) => at.Members.GetValueOrDefault(name) ?? new Yaml(null));
}
