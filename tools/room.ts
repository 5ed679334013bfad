/** `npm run room`: writes the single file for the room into dist/. */
import { join } from "node:path";
import { ROOM_FILE, writeRoomFile } from "./roomFile";

void writeRoomFile(join(__dirname, "..", "dist")).then((digest) => {
  console.log(`dist/${ROOM_FILE}\nSHA-256 ${digest}`);
});
