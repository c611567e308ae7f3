using System.Text.Json.Nodes;

namespace FuncQueue.Client.Tests.Chaos;

/// <summary>Looks on at what passes a proxy.</summary>
internal interface ITraffic
{
    /// <summary>A client asks, whether or not that reaches the server.</summary>
    void Asked(string path, JsonNode request);

    /// <summary>The server has done what it was asked, whether or not its answer reaches the client.</summary>
    void Answered(string path, JsonNode? request, JsonNode answer);
}
