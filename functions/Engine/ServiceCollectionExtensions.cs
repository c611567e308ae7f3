using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FuncQueue.Engine;

public static class ServiceCollectionExtensions
{
    /// <summary>The name of the connection: a connection string, or a section with <c>tableServiceUri</c> and <c>blobServiceUri</c>.</summary>
    public const string ConnectionName = "FuncQueueStorage";

    /// <summary>Adds the <see cref="QueueEngine"/>, its options from the section <c>FuncQueue</c> and its storage from <c>FuncQueueStorage</c>.</summary>
    public static IServiceCollection AddFuncQueueEngine(this IServiceCollection services, IConfiguration configuration) => throw new NotImplementedException();
}
