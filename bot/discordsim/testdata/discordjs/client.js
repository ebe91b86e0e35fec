// A small bot on discord.js. It does what a bot of that library does and knows
// nothing of the simulation but its address and the token, both from the
// environment. What happens to it is told on standard output, one JSON object a
// line; it ends when standard input does.
import {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, Client, EmbedBuilder, Events, GatewayIntentBits,
  LabelBuilder, MessageFlags, ModalBuilder, Partials, StringSelectMenuBuilder, TextInputBuilder, TextInputStyle,
} from "discord.js";

const tell = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));
const fail = (error) => {
  tell("error", { text: String(error?.stack ?? error) });
  process.exit(1);
};
process.on("unhandledRejection", fail);

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
  partials: [Partials.Channel],
  rest: { api: process.env.SIM_API },
});

const commands = [
  {
    name: "ask",
    description: "Ask",
    options: [
      { type: 3, name: "question", description: "What you want to know", required: true, autocomplete: true },
      { type: 11, name: "file", description: "A file" },
      { type: 7, name: "where", description: "A channel" },
    ],
  },
  { name: "form", description: "Open a form" },
  { name: "Quote", type: 3 },
];

const handlers = [
  [(i) => i.isAutocomplete(), (i) => i.respond([{ name: `about ${i.options.getFocused()}`, value: "pay" }])],
  [(i) => i.isChatInputCommand() && i.commandName === "ask", ask],
  [(i) => i.isChatInputCommand() && i.commandName === "form", form],
  [(i) => i.isMessageContextMenuCommand(), (i) => i.reply(`quoted: ${i.targetMessage.content}`)],
  [(i) => i.isButton(), (i) => i.update({ content: `pressed on: ${i.message.content}`, components: [] })],
  [(i) => i.isModalSubmit(), (i) =>
    i.reply(`${i.fields.getTextInputValue("text")} about ${i.fields.getStringSelectValues("topic").join()}`)],
];

async function ask(i) {
  await i.deferReply({ flags: MessageFlags.Ephemeral });
  const file = i.options.getAttachment("file");
  const lines = [`answer to ${i.options.getString("question")}`];
  if (file) {
    const body = await (await fetch(file.url)).text();
    lines.push(`${file.name}: ${body}`);
  }
  lines.push(`in ${i.options.getChannel("where")?.name}`);
  await i.editReply({ content: lines.join("\n") });
  await i.followUp({
    content: "chart",
    embeds: [new EmbedBuilder().setTitle("Pay").setImage("attachment://chart.png")],
    files: [new AttachmentBuilder(Buffer.from("a picture"), { name: "chart.png", description: "pay by experience" })],
  });
}

async function form(i) {
  const topics = new StringSelectMenuBuilder().setCustomId("topic").addOptions({ label: "Pay", value: "pay" });
  const text = new TextInputBuilder().setCustomId("text").setStyle(TextInputStyle.Short);
  await i.showModal(new ModalBuilder().setCustomId("form").setTitle("Form").addLabelComponents(
    new LabelBuilder().setLabel("Topic").setStringSelectMenuComponent(topics),
    new LabelBuilder().setLabel("Text").setTextInputComponent(text),
  ));
}

client.on(Events.InteractionCreate, (i) => {
  const handler = handlers.find(([fits]) => fits(i));
  return handler ? handler[1](i).catch(fail) : fail(`an interaction of type ${i.type}`);
});

client.on(Events.MessageCreate, async (m) => {
  if (m.author.bot || (m.guild && !m.mentions.has(client.user))) return;
  const button = new ButtonBuilder().setCustomId("more").setLabel("More").setStyle(ButtonStyle.Primary);
  await m.reply({
    content: `${m.member?.displayName ?? m.author.displayName} said ${m.content}`,
    components: [new ActionRowBuilder().addComponents(button)],
  }).catch(fail);
});

client.on(Events.GuildCreate, (g) => tell("joined", { text: g.name }));
client.on(Events.GuildDelete, (g) => tell("left", { text: g.name }));
client.on(Events.GuildUnavailable, (g) => tell("unavailable", { text: g.name }));
client.on(Events.ChannelUpdate, (_, c) => tell("channel", { text: c.name }));
client.on(Events.ShardResume, (_, replayed) => tell("resumed", { replayed }));
client.on(Events.Error, fail);
client.on(Events.ClientReady, async () => {
  await client.application.commands.set(commands).catch(fail);
  tell("ready", { text: client.guilds.cache.map((g) => `${g.name}: ${g.channels.cache.map((c) => c.name).join()}`).join("; ") });
});

process.stdin.on("end", () => client.destroy().then(() => process.exit(0))).resume();
await client.login(process.env.SIM_TOKEN);
