using FuncQueue.Client;
using FuncQueue.Samples.Reader;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });

// The topic is made before the reader asks for records: hosted services start in order.
builder.Services.AddHostedService<Topics>();
builder.Services.AddFuncQueue(builder.Configuration.GetSection("FuncQueue")).AddGroupReader<PriceHandler>("prices", "averages");

// Handlers are awaited for so long when the host stops; then the next reader goes on behind what they handled.
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(5));

await builder.Build().RunAsync();
